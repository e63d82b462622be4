/** The whole text of the message of that name. */
export function textOf(name: string): string;
