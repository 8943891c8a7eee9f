import type { Alert, Condition } from '../../model/alert.ts';

/** The end of an alert that nothing watches any more. */
export const endOf = (alert: Alert, at: number): Condition => ({
  rule: alert.rule,
  ruleVersion: alert.ruleVersion,
  code: alert.code,
  subject: alert.subject,
  device: alert.device,
  state: 'off',
  kind: alert.kind,
  priority: alert.priority,
  latching: alert.latching,
  at,
  message: 'no longer watched since the restart',
  metric: alert.metric,
  value: null,
  limit: null,
  samples: [],
  inhibits: [],
  simulated: alert.simulated,
});
