import { suntechAdvantage } from './blood-pressure/suntech-advantage.ts';
import { ivy450c } from './ekg/ivy-450c.ts';
import { onetouchUltra2 } from './glucose/onetouch-ultra2.ts';
import { freseniusAgilia } from './infusion-pump/fresenius-agilia.ts';
import type { StreamDriver } from './kit/contract.ts';

/** Every driver of a device on a byte stream. */
export const streamDrivers: readonly StreamDriver[] = [suntechAdvantage, ivy450c, onetouchUltra2, freseniusAgilia];
