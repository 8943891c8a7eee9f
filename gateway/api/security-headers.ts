/** screens-and-alarms.md 6.6. Nothing comes from elsewhere, nothing is inline, nobody frames the screens. */
const contentSecurity = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "form-action 'self'",
];

/** What a screen of a ward never needs. The wake lock it does: a wall must not go dark. */
const permissions = [
  'accelerometer=()',
  'camera=()',
  'display-capture=()',
  'geolocation=()',
  'gyroscope=()',
  'magnetometer=()',
  'microphone=()',
  'midi=()',
  'payment=()',
  'publickey-credentials-get=()',
  'screen-wake-lock=(self)',
  'usb=()',
];

export interface SecurityOptions {
  readonly tls: boolean;
  /**
   * Scripts may turn text into script addresses only through the policy `wardwire`. Off by default: a bundler's
   * `new Worker(url)` is refused under it.
   */
  readonly trustedTypes: boolean;
}

export const securityHeaders = ({ tls, trustedTypes }: SecurityOptions): Readonly<Record<string, string>> => ({
  'content-security-policy': [
    ...contentSecurity,
    ...(trustedTypes ? ["require-trusted-types-for 'script'", 'trusted-types wardwire'] : []),
  ].join('; '),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': permissions.join(', '),
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  ...(tls ? { 'strict-transport-security': 'max-age=31536000' } : {}),
});
