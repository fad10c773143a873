// What can be typed as it stands, by the words of the command: shown in its help, run by a test.

/** `--data live` is the folder of a `weir run all` that runs; the others find what `weir demo` left, or need brokers. */
export const EXAMPLES: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    demo: ['weir demo', 'weir demo --synthetic crash --seed 7 --data crash'],
    'backtest run': ['weir backtest run --until 2022-01-12', 'weir backtest run --synthetic trend_up --until 2022-01-05 --twice'],
    'backtest check': ['weir backtest check --cuts 1 --until 2022-01-08'],
    run: ['weir run all --data live', 'weir run all --log kafka'],
    'signal send': [
      `weir signal send --data live '{"instrument":"BTC-USDT","direction":"long","source":"my_bot","signal_type":"breakout"}'`,
      `weir signal send --data live --validate '{"instrument":"BTC-USDT","direction":"long","source":"my_bot","signal_type":"breakout"}'`,
    ],
    'decisions tail': ['weir decisions tail --limit 3'],
    explain: ['weir explain latest'],
    replay: ['weir replay latest'],
    status: ['weir status', 'weir status --data live'],
    positions: ['weir positions'],
    trades: ['weir trades --limit 3'],
    pnl: ['weir pnl --by day'],
    sql: ['weir sql "SELECT reason_code, count() AS n FROM weir.v_decisions GROUP BY reason_code ORDER BY n DESC, reason_code"'],
    query: ['weir query', 'weir query trades --param limit=3'],
    trading: ['weir trading halt --data live --reason lunch', 'weir trading resume --data live --reason "back again"'],
    lag: ['weir lag'],
    'topics plan': ['weir topics plan'],
    'topics apply': ['weir topics apply'],
    'topics verify': ['weir topics verify'],
    'schemas register': ['weir schemas register'],
    'schemas check': ['weir schemas check'],
    'schemas diff': ['weir schemas diff'],
    'config print': ['weir config print'],
    'json-schema': ['weir json-schema', 'weir json-schema trades'],
    completion: ['weir completion bash'],
  }),
);
