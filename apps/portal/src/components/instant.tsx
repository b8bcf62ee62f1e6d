import { usePortal } from '../app/portal';
import { formatDistance, formatInstant } from '../lib/format';

interface InstantProps {
  /** RFC 3339. */
  readonly value: string;
  /** Says how far it is from now; the exact time is then its title. */
  readonly isRelative?: boolean;
}

/** A point in time, in the reader's zone and language. */
export function Instant({ value, isRelative = false }: InstantProps) {
  const { locale } = usePortal();
  const instant = new Date(value);
  const exact = formatInstant(instant, locale.tag);
  return (
    <time dateTime={value} title={exact}>
      {isRelative ? formatDistance(instant, new Date(), locale.tag) : exact}
    </time>
  );
}
