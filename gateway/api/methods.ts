/** Routes as they were declared, to tell a wrong method from a wrong address. */
export class DeclaredRoutes {
  private readonly routes: { readonly pattern: RegExp; readonly methods: readonly string[] }[] = [];

  add(url: string, method: string | readonly string[]): void {
    // A pattern for everything says nothing about one address.
    if (url === '/*' || url === '*') return;
    const source = url
      .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
      .replace(/\*/g, '.+')
      .replace(/:\w+/g, '[^/]+');
    this.routes.push({ pattern: new RegExp(`^${source}$`), methods: typeof method === 'string' ? [method] : method });
  }

  /** The methods that an address takes; empty where there is no such address. */
  at(path: string): string[] {
    const methods = this.routes.filter(({ pattern }) => pattern.test(path)).flatMap((route) => route.methods);
    return [...new Set(methods)].sort();
  }
}
