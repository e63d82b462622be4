import { show } from './check-options.ts';
import { InvalidValueError } from './handler-errors.ts';

/**
 * What a value must be like, in the form that validators share (standardschema.dev): a schema of any library that
 * follows it fits.
 */
export interface PayloadSchema<T> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<T> | Promise<SchemaResult<T>>;
    readonly types?: { readonly input: unknown; readonly output: T } | undefined;
  };
}

/** Either the value that the schema makes of it, or complaints. */
export type SchemaResult<T> =
  | { readonly value: T; readonly issues?: undefined }
  | {
      readonly issues: readonly {
        readonly message: string;
        readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
      }[];
    };

/** The value that the schema makes of this one. @throws InvalidValueError; TypeError for a schema that gives no answer of the form */
export async function validate<T>(schema: PayloadSchema<T>, value: unknown): Promise<T> {
  const result: unknown = await schema['~standard'].validate(value);
  if (!isResult<T>(result)) throw new TypeError(`schema: validate must give { value } or { issues }, got ${show(result)}.`);
  if (result.issues === undefined) return result.value;
  throw new InvalidValueError(
    result.issues.map(({ message, path }) =>
      path === undefined ? { message } : { message, path: path.map((step) => (typeof step === 'object' ? step.key : step)) },
    ),
  );
}

function isResult<T>(result: unknown): result is SchemaResult<T> {
  if (typeof result !== 'object' || result === null) return false;
  const issues: unknown = Reflect.get(result, 'issues');
  return issues === undefined ? 'value' in result : Array.isArray(issues);
}
