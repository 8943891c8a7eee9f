import { signal } from '@preact/signals';

export type Route =
  | { readonly screen: 'wall' }
  | { readonly screen: 'bed'; readonly id: string }
  | { readonly screen: 'alerts'; readonly id: string | null }
  | { readonly screen: 'devices'; readonly id: string | null }
  | { readonly screen: 'not-found' };

const decoded = (part: string): string => {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
};

export const parseRoute = (path: string): Route => {
  const [first, second, ...rest] = path.split('/').filter(Boolean).map(decoded);
  if (rest.length > 0) return { screen: 'not-found' };
  if (first === undefined) return { screen: 'wall' };
  if (first === 'bed' && second !== undefined) return { screen: 'bed', id: second };
  if (first === 'alerts' || first === 'devices') return { screen: first, id: second ?? null };
  return { screen: 'not-found' };
};

export const route = signal<Route>({ screen: 'wall' });

const follow = (): void => {
  route.value = parseRoute(location.pathname);
};

export const navigate = (path: string): void => {
  if (path !== location.pathname) history.pushState(null, '', path);
  follow();
  scrollTo(0, 0);
};

/** Plain links stay plain links (new tab, copy address); an ordinary click changes the screen without a load. */
export const startRouting = (): void => {
  follow();
  addEventListener('popstate', follow);
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (!link || link.target || link.origin !== location.origin || link.hash) return;
    event.preventDefault();
    navigate(link.pathname);
  });
};

export const bedPath = (id: string): string => `/bed/${encodeURIComponent(id)}`;
export const alertPath = (id: string): string => `/alerts/${encodeURIComponent(id)}`;
