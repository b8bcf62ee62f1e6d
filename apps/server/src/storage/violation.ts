/** SQLSTATE of a unique index that refused a row (PostgreSQL: appendix A, class 23). */
const UNIQUE_VIOLATION = '23505';

/** Whether the database refused a row because something with the same unique value is there. */
export const isUniqueViolation = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === UNIQUE_VIOLATION;
