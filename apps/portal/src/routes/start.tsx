import { Screen } from '../app/screen';
import { Shell } from '../app/shell/shell';

/** The bare address: there is nothing here without a link. */
export function StartPage() {
  return (
    <Shell>
      <Screen kind="noLink" />
    </Shell>
  );
}
