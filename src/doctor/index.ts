export type { Check, Finding, Level } from './check.js';
export { checks } from './checks/index.js';
export type { DoctorContext } from './context.js';
export { examine, worst } from './examine.js';
export type { CheckReport, ExamineOptions } from './examine.js';
