import type { Association } from '../../model/association.ts';
import type { Clock } from '../../model/clock.ts';
import { CodedError } from '../../model/errors.ts';
import { uuidv5 } from '../ingest/identity.ts';
import type { Journal } from '../journal/contract.ts';
import type { AssociationTable } from '../records/associations.ts';

export interface WhereaboutsPorts {
  readonly clock: Clock;
  readonly journal: Pick<Journal, 'append'>;
  readonly table: AssociationTable;
  /** The device is now with others: rules and screens must know. */
  onChange(device: string): void;
}

const MINUTE_MS = 60_000;
const NAMESPACE = '0d5c9f4e-0c53-4c68-8d2b-6f6b1f6e6a55';

/** Makes and ends associations: in the table at once, and given back where the journal cannot keep them. */
export const createWhereabouts = ({ clock, journal, table, onChange }: WhereaboutsPorts) => {
  /** Journals what the table already holds; `before` is what comes back if that fails. */
  const keep = async (
    association: Association,
    before: Association | null,
    by: string,
    reason: string | null,
  ): Promise<Association> => {
    onChange(association.device);
    try {
      await journal.append({ type: 'association', at: clock.now(), by, reason, association });
      return association;
    } catch (error) {
      table.remove(association.id);
      if (before) table.put(before);
      onChange(association.device);
      throw error;
    }
  };

  return {
    async associate(
      request: {
        readonly device: string;
        readonly subject: Association['subject'];
        readonly from: number | null;
        readonly to: number | null;
        readonly reason: string | null;
      },
      by: string,
    ): Promise<Association> {
      const from = request.from ?? clock.now();
      if (from > clock.now() + MINUTE_MS) {
        throw new CodedError('association-invalid', 'An association cannot begin in the future.', {
          hint: 'Begin it when the device is put on.',
        });
      }
      const { device, subject, to } = request;
      const id = uuidv5(NAMESPACE, JSON.stringify([device, subject.kind, subject.id, from]));
      const association: Association = { id, device, subject, from, to };
      return keep(association, table.put(association), by, request.reason);
    },
    async end(id: string, at: number | null, by: string, reason: string | null): Promise<Association> {
      const before = table.get(id);
      const ended = table.end(id, at ?? clock.now());
      return keep(ended, before, by, reason);
    },
  };
};

export type WhereaboutsService = ReturnType<typeof createWhereabouts>;
