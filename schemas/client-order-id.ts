// The client order id: what a venue sees of an order_id, in the form that venue allows.
export type ClientOrderIdEncoding = 'plain' | 'hex' | 'hex0x' | 'tprefix';

/** Who sends an order and who checks it follow each other: the last one is made once. */
const lastPlain = { order_id: '', id: 'weir' };

/** `weir` (7765 in hex forms) marks an order as ours; the rest are the first hex digits of the order_id. */
export function clientOrderId(encoding: ClientOrderIdEncoding, orderId: string): string {
  switch (encoding) {
    case 'plain':
      if (lastPlain.order_id !== orderId) {
        lastPlain.id = `weir${orderId.slice(0, 28)}`;
        lastPlain.order_id = orderId;
      }
      return lastPlain.id;
    case 'hex':
      return `7765${orderId.slice(0, 28)}`;
    case 'hex0x':
      return `0x7765${orderId.slice(0, 28)}`;
    case 'tprefix':
      return `t-weir${orderId.slice(0, 24)}`;
  }
}

const OURS: Record<ClientOrderIdEncoding, RegExp> = {
  plain: /^weir[0-9a-f]{28}$/,
  hex: /^7765[0-9a-f]{28}$/,
  hex0x: /^0x7765[0-9a-f]{28}$/,
  tprefix: /^t-weir[0-9a-f]{24}$/,
};

/** True when a venue's client order id carries our mark. */
export function isOurs(encoding: ClientOrderIdEncoding, clientId: string): boolean {
  return OURS[encoding].test(clientId);
}
