import { z } from 'zod';

/** What is read of a JSON schema: enough to name each key, its type and what it is for. */
interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly description?: string;
  readonly default?: unknown;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
}

/** One key that a person may write. */
export interface SchemaRow {
  readonly path: string;
  readonly type: string;
  readonly required: boolean;
  /** As it is written in YAML; empty: none. */
  readonly standard: string;
  readonly description: string;
}

/** A part of the configuration with keys of its own: the whole, or one of several kinds. */
export interface SchemaGroup {
  readonly path: string;
  /** `type: serial`; null where there is but one kind. */
  readonly kind: string | null;
  readonly rows: readonly SchemaRow[];
}

export const jsonSchemaOf = (schema: z.ZodType): JsonSchema =>
  z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;

const alternativesOf = (schema: JsonSchema): readonly JsonSchema[] => schema.anyOf ?? schema.oneOf ?? [];

const isKeyed = (schema: JsonSchema): boolean =>
  schema.properties !== undefined || alternativesOf(schema).some((one) => one.properties !== undefined);

const child = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

/** JavaScript's own bounds of whole numbers say nothing to a reader. */
const boundsOf = ({ minimum, exclusiveMinimum, maximum }: JsonSchema): string => {
  const low = exclusiveMinimum ?? minimum;
  const from = low === undefined || low === Number.MIN_SAFE_INTEGER ? null : low;
  const to = maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? null : maximum;
  if (from !== null && to !== null) return ` ${from} to ${to}`;
  if (from !== null) return exclusiveMinimum === undefined ? ` from ${from}` : ` above ${from}`;
  return to === null ? '' : ` up to ${to}`;
};

const typeOf = (schema: JsonSchema): string => {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => String(value)).join(', ');
  const alternatives = alternativesOf(schema);
  if (isKeyed(schema) && alternatives.length > 0) return 'map or null';
  if (alternatives.length > 0) return [...new Set(alternatives.map(typeOf))].join(' or ');
  if (schema.items) return `list of ${typeOf(schema.items)}`;
  if (schema.type === 'string') return schema.format ?? 'text';
  if (schema.type === 'integer') return `whole number${boundsOf(schema)}`;
  if (schema.type === 'number') return `number${boundsOf(schema)}`;
  if (schema.type === 'boolean') return 'true or false';
  if (schema.type === 'object') return 'map';
  return schema.type === undefined ? 'anything' : [schema.type].flat().join(' or ');
};

const kindOf = (schema: JsonSchema): string | null => {
  const type = schema.properties?.type?.const;
  return type === undefined ? null : `type: ${String(type)}`;
};

/** Where null is allowed, what is said of the value itself counts. */
const descriptionOf = (schema: JsonSchema): string | undefined =>
  schema.description ?? alternativesOf(schema).find((one) => one.description !== undefined)?.description;

const rowOf = (path: string, schema: JsonSchema, required: boolean): SchemaRow => ({
  path,
  type: typeOf(schema),
  required,
  standard: schema.default === undefined ? '' : JSON.stringify(schema.default),
  description: descriptionOf(schema) ?? '',
});

/**
 * Every key of a schema, grouped: keys below a key follow it, and what comes in several kinds (a link is serial, TCP,
 * Modbus or MQTT) is a group for each kind.
 */
export const groupsOf = (schema: JsonSchema): readonly SchemaGroup[] => {
  const later: SchemaGroup[] = [];

  const rowsBelow = (path: string, of: JsonSchema): SchemaRow[] =>
    Object.entries(of.properties ?? {}).flatMap(([name, property]) =>
      rowsAt(child(path, name), property, of.required?.includes(name) ?? false),
    );

  /** A key with keys below it has a row of its own only where there is something to say of it. */
  const withHead = (path: string, of: JsonSchema, required: boolean, below: readonly SchemaRow[]): SchemaRow[] =>
    descriptionOf(of) === undefined ? [...below] : [rowOf(path, of, required), ...below];

  const rowsAt = (path: string, of: JsonSchema, required: boolean): SchemaRow[] => {
    const kinds = alternativesOf(of).filter((one) => one.properties !== undefined);
    if (kinds.length > 1) {
      for (const kind of kinds) later.push({ path, kind: kindOf(kind), rows: rowsBelow(path, kind) });
      return [];
    }
    const keyed = kinds[0] ?? of;
    if (keyed.properties !== undefined) return withHead(path, of, required, rowsBelow(path, keyed));
    if (of.items && isKeyed(of.items)) return withHead(path, of, required, rowsAt(`${path}[]`, of.items, required));
    if (typeof of.additionalProperties === 'object' && isKeyed(of.additionalProperties)) {
      return withHead(path, of, required, rowsAt(`${path}.<name>`, of.additionalProperties, required));
    }
    return [rowOf(path, of, required)];
  };

  const rows = rowsAt('', schema, true);
  return [{ path: '', kind: null, rows }, ...later];
};
