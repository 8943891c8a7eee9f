import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BuiltDashboard, buildDashboard } from '../support/built-dashboard.ts';
import { hasChromium } from '../support/chromium.ts';
import { CSP, FakeGateway } from '../support/fake-gateway.ts';
import { screens, Visitor } from '../support/screens.ts';

const mustRun = process.env.CI === 'true';
const desk = { width: 1280, height: 800 };
const phone = { width: 390, height: 844 };
const narrowest = { width: 320, height: 640 };
/** First load (screens-and-alarms.md 6.2). */
const BUDGET_BYTES = 150 * 1024;

const axeSource = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const violations = async (page: Page): Promise<string[]> => {
  await page.evaluate(await axeSource);
  return page.evaluate(async () => {
    const axe = (globalThis as unknown as { axe: { run(options: object): Promise<AxeResult> } }).axe;
    interface AxeResult {
      violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[];
    }
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    const result = await axe.run({ runOnly: { type: 'tag', values: tags } });
    return result.violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary ?? ''}`),
    );
  });
};

describe.skipIf(!hasChromium && !mustRun)('every screen', () => {
  let built: BuiltDashboard;
  let gateway: FakeGateway;
  let visitor: Visitor;

  beforeAll(async () => {
    built = await buildDashboard();
    gateway = new FakeGateway({ root: built.root });
    await gateway.start();
    visitor = await Visitor.open(gateway);
    await visitor.browser.context.addInitScript(() => {
      addEventListener('securitypolicyviolation', (happened) => {
        const event = happened as SecurityPolicyViolationEvent;
        console.error(`Content Security Policy: ${event.violatedDirective} ${event.blockedURI}`);
      });
    });
  });
  afterAll(async () => {
    await visitor.close();
    await gateway.stop();
    await built.remove();
  });

  const names = Object.keys(screens) as (keyof typeof screens)[];

  it.each(names)('%s: no fault of accessibility, no error, no breach of the policy', async (name) => {
    for (const size of [desk, phone]) {
      const { page, problems } = await visitor.visit(screens[name], size);
      await page.waitForTimeout(300);
      expect(await violations(page)).toEqual([]);
      expect(problems).toEqual([]);
      await page.close();
    }
  });

  it.each(names)('%s: reflows at 320 px', async (name) => {
    const { page } = await visitor.visit(screens[name], narrowest);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
    await page.close();
  });

  it('is under the strict policy', async () => {
    const { page } = await visitor.visit('/');
    const answer = await page.request.get(gateway.url);
    expect(answer.headers()['content-security-policy']).toBe(CSP);
    // The policy is in force, and a breach would be seen.
    const caught = page.waitForEvent('console', (message) => message.text().includes('style-src'));
    await page.evaluate(() => document.body.setAttribute('style', 'color: red'));
    await caught;
    await page.close();
  });

  it('is no fault of accessibility while not live either', async () => {
    const { page } = await visitor.visit('/', desk);
    gateway.freeze();
    try {
      await page.waitForSelector('.cover', { timeout: 4500 });
      expect(await violations(page)).toEqual([]);
    } finally {
      gateway.thaw();
    }
    await page.close();
  });

  it('signs in: says what is wrong, takes what is pasted, then shows the ward', async () => {
    const { page } = await visitor.visit('/', desk, false);
    expect(await page.locator('.form-hint').innerText()).toContain('nurse');
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Sign in' }).click();
    expect(await page.getByRole('alert').innerText()).toBe('Enter your name and your password.');
    await page.getByLabel('Name').fill('nurse');
    await page.getByLabel('Password', { exact: true }).fill('wrong');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.getByRole('alert').innerText()).toBe('Name or password is wrong.');
    const pasteIsTaken = await page
      .getByLabel('Password', { exact: true })
      .evaluate((input) => input.dispatchEvent(new ClipboardEvent('paste', { bubbles: true, cancelable: true })));
    expect(pasteIsTaken).toBe(true);
    await page.getByLabel('Password', { exact: true }).fill('ward');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.tile[data-place="bed-1"]');
    await page.getByRole('button', { name: 'Sign out' }).first().click();
    await page.waitForSelector('form');
    await page.close();
  });

  it('explains an alert down to the byte', async () => {
    const { page } = await visitor.visit('/alerts');
    await page.getByRole('link', { name: 'Why: HR 148 > 120 /min, Bed 3' }).click();
    await page.waitForSelector('.evidence .hex');
    const text = await page.locator('.evidence').innerText();
    for (const part of ['Limit with hysteresis and delay', 'standards.md 1.7', 'heart rate = 148 /min', 'raised']) {
      expect(text).toContain(part);
    }
    const tinted = page.locator('.byte[data-tint="4"]');
    expect(await tinted.allInnerTexts()).toEqual(['00', '94']);
    await page.locator('.meaning', { hasText: 'heart rate' }).hover();
    expect(await page.locator('.byte[data-marked="true"]').allInnerTexts()).toEqual(['00', '94']);
    await page.goBack();
    expect(await page.locator('.evidence').count()).toBe(0);
    await page.close();
  });

  it('can be used by keyboard alone, with the focus seen', async () => {
    const { page } = await visitor.visit('/');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.className)).toBe('skip');
    const seen = new Set<string>();
    for (let step = 0; step < 60; step++) {
      await page.keyboard.press('Tab');
      const label = await page.evaluate(() => {
        const element = document.activeElement;
        if (!element || element === document.body) return '';
        const { outlineStyle, outlineWidth } = getComputedStyle(element);
        if (outlineStyle === 'none' || outlineWidth === '0px') return `unseen: ${element.outerHTML.slice(0, 120)}`;
        return element.getAttribute('aria-label') ?? element.textContent ?? '';
      });
      if (label) seen.add(label);
    }
    expect([...seen].filter((label) => label.startsWith('unseen'))).toEqual([]);
    expect([...seen]).toContain('Acknowledge: HR 148 > 120 /min, Bed 3');
    await page.close();
  });

  it('gives alarms targets for gloved hands, and nothing under 24 px', async () => {
    const sizes = (page: Page, selector: string) =>
      page.locator(selector).evaluateAll((list) =>
        list
          .map((one) => one.getBoundingClientRect())
          .filter(({ width }) => width > 0)
          .map(({ width, height }) => Math.min(width, height)),
      );
    const { page: wall } = await visitor.visit('/', { width: 1920, height: 1080 });
    expect(Math.min(...(await sizes(wall, '.alarm-button')))).toBeGreaterThanOrEqual(44);
    expect(Math.min(...(await sizes(wall, 'button, .tab, .brand, .counts')))).toBeGreaterThanOrEqual(36);
    await wall.close();
    const { page: list } = await visitor.visit('/alerts', phone);
    expect(Math.min(...(await sizes(list, '.alarm-button')))).toBeGreaterThanOrEqual(56);
    expect(Math.min(...(await sizes(list, '.tabs-bottom .tab')))).toBeGreaterThanOrEqual(44);
    await list.close();
  });

  it('is small: all scripts and styles of the first load together', async () => {
    const assets = join(built.root, 'assets');
    const files = await readdir(assets);
    const sizes = await Promise.all(files.map(async (file) => gzipSync(await readFile(join(assets, file))).length));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(BUDGET_BYTES);
  });
});
