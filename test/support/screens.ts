import type { Page } from 'playwright-core';
import { type Browser, openBrowser, watchPage } from './chromium.ts';
import type { FakeGateway } from './fake-gateway.ts';

/** Every screen of the dashboard, by a name for people. */
export const screens = {
  wall: '/',
  bed: '/bed/bed-3',
  'bed without EKG': '/bed/bed-5',
  room: '/bed/records',
  alerts: '/alerts',
  evidence: '/alerts/a-hr',
  devices: '/devices',
  nowhere: '/no/such/screen',
} as const;

export interface Visit {
  readonly page: Page;
  readonly problems: string[];
}

/** A browser that is signed in to a fake gateway. */
export class Visitor {
  readonly browser: Browser;
  private readonly gateway: FakeGateway;

  private constructor(browser: Browser, gateway: FakeGateway) {
    this.browser = browser;
    this.gateway = gateway;
  }

  static async open(gateway: FakeGateway): Promise<Visitor> {
    return new Visitor(await openBrowser(), gateway);
  }

  /** Opens a page; `ready` is what must be seen before the test goes on. */
  async visit(path: string, size = { width: 1280, height: 800 }, signedIn = true): Promise<Visit> {
    const { context } = this.browser;
    await context.clearCookies();
    if (signedIn) await context.addCookies([{ name: 'sid', value: 'fake', url: this.gateway.url }]);
    const page = await context.newPage();
    await page.setViewportSize(size);
    const problems = watchPage(page);
    await page.goto(this.gateway.url + path);
    await page.waitForSelector(signedIn ? '.freshness[data-level="live"]' : 'form');
    await page.waitForSelector('main:not([aria-busy])');
    return { page, problems };
  }

  close(): Promise<void> {
    return this.browser.close();
  }
}
