import { type Association, covers } from '../../model/association.ts';
import type { Clock } from '../../model/clock.ts';
import { hasCode } from '../../model/errors.ts';
import type { Log } from '../log.ts';
import type { AssociationTable } from '../records/associations.ts';
import type { Declarations } from './declarations.ts';
import type { WhereaboutsService } from './whereabouts.ts';

export interface SiteFilePorts {
  readonly clock: Clock;
  readonly table: AssociationTable;
  readonly whereabouts: WhereaboutsService;
  readonly declarations: Pick<Declarations, 'get' | 'set'>;
  readonly log: Pick<Log, 'warn' | 'error'>;
}

const MINUTE_MS = 60_000;
const BY = 'configuration';

type Kind = Association['subject']['kind'];

/**
 * Whether an edit of the site's file is followed: only where things still stand as the file last said. What a person
 * has changed since is newer than the file, whoever edits it.
 */
export const decide = (
  lastSaid: string | null,
  says: string | null,
  standing: string | null,
): 'as-said' | 'follow' | 'leave' => {
  if (standing === says) return 'as-said';
  return standing === lastSaid ? 'follow' : 'leave';
};

/** Brings devices to where the site's file says they are, at each start. */
export const createSiteFile = ({ clock, table, whereabouts, declarations, log }: SiteFilePorts) => {
  const listed = (device: string, kind: Kind) =>
    table.list({ device }).filter((association) => association.subject.kind === kind);

  const follow = async (
    device: string,
    kind: Kind,
    says: string | null,
    since: number | null,
    standing: Association | null,
  ): Promise<void> => {
    if (standing) await whereabouts.end(standing.id, null, BY, 'the site’s file has changed');
    if (says === null) return;
    // Where a device stands the file says without a beginning. On a patient it is from the first start on, by the minute:
    // devices tell time no finer, and a reading of this very minute must not fall before it.
    const begin = kind === 'place' ? 0 : Math.floor(clock.now() / MINUTE_MS) * MINUTE_MS;
    const from = Math.max(since ?? begin, ...listed(device, kind).map(({ to }) => to ?? 0));
    await whereabouts.associate({ device, subject: { kind, id: says }, from, to: null, reason: BY }, BY);
  };

  return {
    /** Null: the file names no patient, or no place. `since`: ms; null: not given. */
    async declare(device: string, kind: Kind, says: string | null, since: number | null): Promise<void> {
      const standing = listed(device, kind).find((association) => covers(association, clock.now())) ?? null;
      const lastSaid = declarations.get(device, kind);
      // One with an end was made by a person: the file makes none.
      const isOpen = standing === null || standing.to === null;
      const decision = isOpen ? decide(lastSaid, says, standing?.subject.id ?? null) : 'leave';
      if (decision === 'leave' && says !== lastSaid) {
        log.warn(
          `a person has put this device with another ${kind}, or with none, since the site’s file was last read; ` +
            'the edit of the file is not followed: change it on the screen if it is right',
          { device },
        );
      }
      try {
        if (decision === 'follow') await follow(device, kind, says, since, standing);
      } catch (error) {
        if (!hasCode(error, 'association-conflict', 'association-invalid')) throw error;
        // A clock that was set back, or an interval a person has filed: one device must not keep the ward from starting.
        log.error(`the site’s file could not be followed: ${error.message}`, { device });
        return;
      }
      declarations.set(device, kind, says);
    },
  };
};
