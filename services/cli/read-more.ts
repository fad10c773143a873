// Where an error is explained: the section of the README that its command, or what it needs, stands in.

/** By how the code begins; the first that fits. */
const SECTIONS: readonly (readonly [RegExp, string])[] = [
  [/^(KAFKA|REGISTRY|SCHEMA|TOPICS)_|^(CONFIG|ADDRESS_IN_USE)$/, 'kafka'],
  [/^(CLICKHOUSE|QUERY|MIGRATION)_/, 'ask-clickhouse'],
  [/^(DECISION|JOURNAL)_/, 'why-was-a-signal-refused'],
  [/^DATA_DIRECTORY_|^(USAGE|FILE_UNREADABLE)$/, 'two-commands'],
  [/^(DATA|POLICY|CONFIGURATION|BACKTEST|LOOKAHEAD|MARKET|LOG)_/, 'backtest'],
  [/^STAGE_|^UNFORESEEN$/, 'the-walk'],
];

/** What a gateway refuses has codes of its own; it is asked to take signals, most of all. */
const ELSE = 'produce-a-signal';

export function readMore(code: string): string {
  const [, section] = SECTIONS.find(([begins]) => begins.test(code)) ?? [null, ELSE];
  return `README.md#${section}`;
}
