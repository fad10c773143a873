// Flags of the engine for every process of the command line, and for what measures them: imported before anything else.
import { setFlagsFromString } from 'node:v8';

// What a stage makes of a signal lives for milliseconds. V8 comes to think that it lives on, and makes it where only the slow
// collector looks: on a broker, at 1,500 signals/s, that cost a quarter of decision's time and doubled the p99 of its hop.
setFlagsFromString('--no-allocation-site-pretenuring');

// For the same reason no object of many a shape is left when the slow collector comes. V8 then forgets the shape, and throws away
// the code compiled for it: enrichment and the gates were compiled anew after each such collection, a tenth of a backtest's time.
setFlagsFromString('--retain-maps-for-n-gc=1000');
