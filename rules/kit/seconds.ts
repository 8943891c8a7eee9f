import { z } from 'zod';

/** A duration in a parameter: seconds, with what it is for. */
export const seconds = (description: string) => z.number().min(0).describe(`s: ${description}`);

export const toMs = (value: number): number => Math.round(value * 1000);
