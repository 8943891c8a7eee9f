import { useState } from 'preact/hooks';
import { messageOf } from '../api/http.ts';
import { checkSession, session, signIn } from '../api/session.ts';

/** Paste and password managers are welcome (WCAG 3.3.8). */
export const SignIn = () => {
  const now = session.value;
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [shown, setShown] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (name.trim() === '' || password === '') {
      setError('Enter your name and your password.');
      return;
    }
    setBusy(true);
    setError(null);
    try {
      await signIn(name.trim(), password);
    } catch (cause) {
      setError(messageOf(cause));
    } finally {
      setBusy(false);
    }
  };

  return (
    <main class="sign-in" id="main">
      <form class="sign-in-card" onSubmit={(event) => void submit(event)} noValidate>
        <svg class="sign-in-mark" viewBox="0 0 40 24" aria-hidden="true">
          <path
            d="M1 14h9l2.5-4 3 4 3-12 4.5 20 2.5-8H39"
            fill="none"
            stroke="currentColor"
            stroke-width="2"
            stroke-linecap="round"
            stroke-linejoin="round"
          />
        </svg>
        <h1>Wardwire</h1>
        <p class="dim">Sign in to see the ward. Every look at a record is logged under your name.</p>
        {now.state === 'unreachable' && (
          <p class="form-error" role="alert">
            {now.message}{' '}
            <button type="button" class="button small" onClick={() => void checkSession()}>
              Try again
            </button>
          </p>
        )}
        {now.state === 'signed-out' && now.demo && (
          <p class="form-hint">
            <strong>Demonstration.</strong> {now.demo}
          </p>
        )}
        <label class="field">
          <span>Name</span>
          <input
            name="username"
            autocomplete="username"
            autocapitalize="none"
            spellcheck={false}
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </label>
        <label class="field">
          <span>Password</span>
          <input
            name="password"
            {...(shown ? ({ type: 'text' } as const) : ({ type: 'password' } as const))}
            autocomplete="current-password"
            value={password}
            aria-invalid={error !== null}
            aria-describedby={error === null ? undefined : 'sign-in-error'}
            onInput={(event) => setPassword(event.currentTarget.value)}
          />
        </label>
        <label class="check">
          <input type="checkbox" checked={shown} onChange={(event) => setShown(event.currentTarget.checked)} />
          Show password
        </label>
        {error !== null && (
          <p class="form-error" id="sign-in-error" role="alert">
            {error}
          </p>
        )}
        <button type="submit" class="button primary" disabled={busy}>
          {busy ? 'Signing in…' : 'Sign in'}
        </button>
      </form>
      <p class="sign-in-foot">Secondary system — the bedside device is the primary alarm.</p>
    </main>
  );
};
