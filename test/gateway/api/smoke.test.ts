import { expect, it } from 'vitest';
import { apiBench } from '../../support/api-bench.ts';
it('x', async () => {
  const b = await apiBench();
  for (const url of ['/api/v1/me','/api/v1/devices','/api/v1/readings?limit=2','/api/v1/readings?limit=0&foo=1','/api/v1/openapi.json','/metrics','/readyz','/healthz','/nix','/api/v1/nix','/api/v1/events','/api/v1/live','/fhir/R4/Patient/p1','/fhir/R4/metadata', '/%zz'].slice()) {
    if (url==='/api/v1/events') continue;
    const r = await b.api.inject({ url, headers: b.as.admin });
    console.log(url, r.statusCode, r.headers['content-type'], r.body.slice(0, 300));
  }
  const r = await b.api.inject({ method:'POST', url:'/api/v1/devices', headers: b.as.admin });
  console.log(r.statusCode, r.body, r.headers);
  await b.close();
  expect(b.faults).toEqual([]);
});
