import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type BuiltDashboard, buildDashboard } from '../support/built-dashboard.ts';
import { hasChromium } from '../support/chromium.ts';
import { alert } from '../support/dashboard-ward.ts';
import { FakeGateway } from '../support/fake-gateway.ts';
import { Visitor } from '../support/screens.ts';

const mustRun = process.env.CI === 'true';

/** Bright green pixels of a part of the page: the EKG. */
const greenPixels = async (page: Page, selector: string): Promise<number> => {
  const picture = await page.locator(selector).screenshot();
  return page.evaluate(async (data) => {
    const image = new Image();
    image.src = `data:image/png;base64,${data}`;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext('2d');
    if (!context) return -1;
    context.drawImage(image, 0, 0);
    const { data: pixels } = context.getImageData(0, 0, image.width, image.height);
    let green = 0;
    for (let at = 0; at < pixels.length; at += 4) {
      if ((pixels[at + 1] ?? 0) > 140 && (pixels[at] ?? 0) < 110 && (pixels[at + 2] ?? 0) < 150) green++;
    }
    return green;
  }, picture.toString('base64'));
};

describe.skipIf(!hasChromium && !mustRun)('the ward wall in a browser', () => {
  let built: BuiltDashboard;
  let gateway: FakeGateway;
  let visitor: Visitor;

  beforeAll(async () => {
    built = await buildDashboard();
  });
  afterAll(() => built.remove());

  beforeEach(async () => {
    gateway = new FakeGateway({ root: built.root });
    await gateway.start();
    visitor = await Visitor.open(gateway);
  });
  afterEach(async () => {
    await visitor.close();
    await gateway.stop();
  });

  const tile = (bed: number) => `.tile[data-place="bed-${bed}"]`;

  it('shows numbers where there are some, and no number where there is none', async () => {
    const { page } = await visitor.visit('/', { width: 1920, height: 1080 });
    const value = (bed: number, vital: string) =>
      page.locator(`${tile(bed)} [data-vital="${vital}"] .value`).innerText();
    expect(await value(1, 'hr')).toMatch(/^7\d$/);
    expect(await value(1, 'nibp')).toBe('124/78');
    expect(await value(4, 'hr')).toBe('---');
    expect(await page.locator(`${tile(4)} [data-vital="hr"]`).innerText()).toContain('no data 4 min');
    expect(await value(6, 'rr')).toBe('---');
    expect(await page.locator(`${tile(6)} [data-vital="rr"]`).innerText()).toContain('lead off');
    expect(await page.locator('[data-place="records"] .facts').innerText()).toMatch(/Ventilation\s+not measured/);
    expect(await page.locator('.footer').innerText()).toContain('the bedside device is the primary alarm');
  });

  it('tells an alarm by shape, asterisks, word and text, and keeps the beds where they are', async () => {
    const { page } = await visitor.visit('/', { width: 1920, height: 1080 });
    const banner = await page.locator(`${tile(3)} .banner`).innerText();
    expect(banner).toContain('***');
    expect(banner).toContain('HIGH');
    expect(banner).toContain('HR 148 > 120 /min');
    const order = await page
      .locator('.tile')
      .evaluateAll((tiles) => tiles.map((one) => one.getAttribute('data-place')));
    expect(order).toEqual(['bed-1', 'bed-2', 'bed-3', 'bed-4', 'bed-5', 'bed-6']);
  });

  it('draws the EKG, sweeping, on one canvas in one worker', async () => {
    const { page } = await visitor.visit('/', { width: 1920, height: 1080 });
    await expect.poll(() => greenPixels(page, `${tile(1)} .wave-strip`), { timeout: 8000 }).toBeGreaterThan(150);
    expect(await page.locator('canvas').count()).toBe(1);
    expect(page.workers().length).toBe(1);
    expect(await greenPixels(page, `${tile(4)} .wave-strip`)).toBe(0);
    expect(gateway.said.findLast((frame) => frame.t === 'waves')).toMatchObject({
      devices: ['mon-1', 'mon-2', 'mon-3', 'mon-4', 'mon-6'],
    });
  });

  it('acknowledges by one click, and shows it only when the gateway has said so', async () => {
    const { page } = await visitor.visit('/');
    await page.getByRole('button', { name: 'Acknowledge: HR 148 > 120 /min, Bed 3' }).click();
    await page.waitForSelector(`${tile(3)} .banner[data-taken="true"]`);
    expect(gateway.requests.filter(({ method }) => method === 'POST')).toEqual([
      { method: 'POST', path: '/api/v1/alerts/a-hr/acknowledge', body: {} },
    ]);
    expect(await page.locator(`${tile(3)} .banner`).innerText()).toContain('A. Bianchi');
  });

  it('pauses the sound with a countdown in the button', async () => {
    const { page } = await visitor.visit('/');
    await page.getByRole('button', { name: 'Pause sound: HR 148 > 120 /min, Bed 3' }).click();
    const button = page.locator(`${tile(3)} .alarm-button.quiet`);
    await expect.poll(() => button.innerText()).toMatch(/Paused [12]:\d\d/);
    expect(gateway.requests.at(-1)).toMatchObject({ path: '/api/v1/alerts/a-hr/pause', body: { seconds: 120 } });
  });

  it('says NOT LIVE over everything within 4 s on a frozen socket, and is live again after', async () => {
    const { page } = await visitor.visit('/', { width: 1920, height: 1080 });
    expect(await page.locator('.cover').count()).toBe(0);
    gateway.freeze();
    await page.waitForSelector('.cover', { timeout: 4000 });
    expect(await page.locator('.freshness').innerText()).toContain('NOT LIVE');
    const struck = await page
      .locator(`${tile(1)} .value`)
      .first()
      .evaluate((element) => getComputedStyle(element).textDecorationLine);
    expect(struck).toBe('line-through');
    const [cover, stage] = await Promise.all([
      page.locator('.cover').boundingBox(),
      page.locator('.stage').boundingBox(),
    ]);
    expect(cover).toEqual(stage);
    gateway.thaw();
    await page.waitForSelector('.freshness[data-level="live"]', { timeout: 20_000 });
    expect(await page.locator('.cover').count()).toBe(0);
  });

  it('is not live either where the gateway is gone', async () => {
    const { page } = await visitor.visit('/');
    await gateway.stop();
    await page.waitForSelector('.cover', { timeout: 4500 });
    expect(await page.locator('.cover-sign').innerText()).toContain('Look at the bedside devices');
  });

  it('speaks the onset of a HIGH alarm, once, and nothing else', async () => {
    const { page } = await visitor.visit('/');
    const spoken = page.locator('[role="log"][aria-live="assertive"]');
    await expect.poll(() => spoken.innerText()).toContain('High alarm, Bed 3: HR 148 > 120 /min');
    gateway.setAlert(alert('low', { priority: 'low', place: 'bed-1', message: 'something low' }));
    gateway.setAlert(alert('new', { place: 'bed-2', message: 'SpO₂ 80 < 90 %' }));
    await expect.poll(() => spoken.innerText()).toBe('High alarm, Bed 2: SpO₂ 80 < 90 %');
    expect(await page.locator('[aria-live="assertive"]').count()).toBe(1);
  });

  it('tells the gateway that it is watched, and with sound after the gesture', async () => {
    const { page } = await visitor.visit('/');
    await expect.poll(() => gateway.said).toContainEqual({ t: 'watching', visible: true, sound: false });
    await page.getByRole('button', { name: /SOUND OFF/ }).click();
    await page.waitForSelector('.sound[data-state="on"]');
    await expect.poll(() => gateway.said).toContainEqual({ t: 'watching', visible: true, sound: true });
    const count = gateway.said.filter(({ t }) => t === 'watching').length;
    await expect
      .poll(() => gateway.said.filter(({ t }) => t === 'watching').length, { timeout: 6000 })
      .toBeGreaterThan(count);
  });

  it('stands still for who asked for reduced motion', async () => {
    const { page } = await visitor.visit('/');
    const running = () => page.evaluate(() => document.getAnimations().length);
    expect(await running()).toBeGreaterThan(0);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    expect(await running()).toBe(0);
  });

  it('keeps 32 beds on one full-HD wall without scrolling', async () => {
    const crowded = new FakeGateway({ root: built.root, beds: 32 });
    await crowded.start();
    try {
      const page = await visitor.browser.context.newPage();
      await page.setViewportSize({ width: 1920, height: 1080 });
      await visitor.browser.context.addCookies([{ name: 'sid', value: 'fake', url: crowded.url }]);
      await page.goto(crowded.url);
      await page.waitForSelector('.tile[data-place="bed-32"]');
      const last = await page.locator('.tile[data-place="bed-32"]').boundingBox();
      expect((last?.y ?? 9999) + (last?.height ?? 0)).toBeLessThanOrEqual(1080);
    } finally {
      await crowded.stop();
    }
  });
});
