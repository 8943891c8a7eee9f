/** A refusal of the API (RFC 9457), or a gateway that cannot be reached (status 0). */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  /** What to do, where the gateway says so. */
  readonly hint: string | null;

  /** How to sign in where the gateway is a demonstration: a field of its own, because hints are for programs too. */
  readonly demo: string | null;

  constructor(status: number, message: string, hint: string | null = null, demo: string | null = null) {
    super(message);
    this.status = status;
    this.hint = hint;
    this.demo = demo;
  }
}

const textField = (body: unknown, name: string): string | null => {
  if (typeof body !== 'object' || body === null) return null;
  const value = (body as Record<string, unknown>)[name];
  return typeof value === 'string' && value !== '' ? value : null;
};

const refusal = async (response: Response): Promise<ApiError> => {
  const body: unknown = await response.json().catch(() => null);
  const message = textField(body, 'detail') ?? textField(body, 'title') ?? `The gateway answered ${response.status}.`;
  return new ApiError(response.status, message, textField(body, 'hint'), textField(body, 'demo'));
};

const send = async (method: string, path: string, body?: unknown): Promise<Response> => {
  let response: Response;
  try {
    response = await fetch(`/api/v1${path}`, {
      method,
      credentials: 'same-origin',
      cache: 'no-store',
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
  } catch {
    throw new ApiError(0, 'The gateway cannot be reached.', 'Check the network of this computer, then try again.');
  }
  if (!response.ok) throw await refusal(response);
  return response;
};

export const get = async <T>(path: string): Promise<T> => (await send('GET', path)).json() as Promise<T>;

export const post = async (path: string, body: unknown): Promise<void> => {
  await send('POST', path, body);
};

export const remove = async (path: string): Promise<void> => {
  await send('DELETE', path);
};

/** `?a=1&b=2`, without what is null. */
export const query = (parameters: Readonly<Record<string, string | number | null>>): string => {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== null) search.set(name, String(value));
  return search.size === 0 ? '' : `?${search}`;
};

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
