/** What `postrider doctor` has to say about one thing. It never holds a secret. */
export interface Finding {
  /** A stable name, such as `queue-age`. */
  readonly check: string;
  /** `problem`: something does not work, or soon will not. `warning`: worth a look. */
  readonly level: 'ok' | 'warning' | 'problem';
  readonly message: string;
  /** What to do about it. */
  readonly remedy?: string;
}

export const ok = (check: string, message: string): Finding => ({ check, level: 'ok', message });
export const warning = (check: string, message: string, remedy: string): Finding => ({
  check,
  level: 'warning',
  message,
  remedy,
});
export const problem = (check: string, message: string, remedy: string): Finding => ({
  check,
  level: 'problem',
  message,
  remedy,
});
