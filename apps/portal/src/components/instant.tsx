import { usePortal } from '../app/portal';
import { formatDistance, formatInstant, formatInstantInZone } from '../lib/format';

interface InstantProps {
  /** RFC 3339. */
  readonly value: string;
  /** Says how far it is from now. */
  readonly isRelative?: boolean;
  /** Names the zone, where there is room: readers compare it with their own logs. */
  readonly hasZone?: boolean;
}

/** A point in time, in the reader's zone and language; its title has the zone in any case. */
export function Instant({ value, isRelative = false, hasZone = false }: InstantProps) {
  const { locale } = usePortal();
  const instant = new Date(value);
  const exact = formatInstantInZone(instant, locale.tag);
  const short = isRelative
    ? formatDistance(instant, new Date(), locale.tag)
    : formatInstant(instant, locale.tag);
  return (
    <time dateTime={value} title={exact}>
      {hasZone ? exact : short}
    </time>
  );
}
