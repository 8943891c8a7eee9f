import type { OperationOutcome } from './r4.ts';

/** Issue types (http://hl7.org/fhir/issue-type) that are used here. */
export type IssueCode = 'invalid' | 'not-supported' | 'not-found' | 'login' | 'forbidden' | 'exception';

export const operationOutcome = (code: IssueCode, text: string, expression?: string): OperationOutcome => ({
  resourceType: 'OperationOutcome',
  issue: [
    { severity: 'error', code, details: { text }, ...(expression === undefined ? {} : { expression: [expression] }) },
  ],
});
