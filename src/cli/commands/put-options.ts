/** What may be typed after `dibs put`. */
export interface PutOptions {
  readonly jsonValues?: boolean;
  readonly null?: boolean;
  readonly key?: string;
  readonly keyIsValue?: boolean;
  readonly keyField?: string;
  readonly close?: boolean;
  readonly wait?: number;
  readonly files?: boolean;
  readonly copy?: boolean;
  readonly name?: string;
  readonly producer?: string;
  readonly extension?: string;
  readonly retries?: number;
  readonly json?: boolean;
}
