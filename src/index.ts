export { ERROR_CODES, type ErrorCode, InlaneError } from './errors.ts';
export { type GateOptions, type GateResult, gate } from './gate.ts';
export type { Report, ReportSet } from './report/report.ts';
