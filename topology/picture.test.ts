// The printed picture of the topology stands in golden files, so a change of the tables is seen for what it is.
import { expect, it } from 'vitest';
import { mermaidPicture, textPicture } from './picture.ts';

it('as text', async () => {
  await expect(textPicture()).toMatchFileSnapshot('golden/topology.txt');
});

it('as Mermaid', async () => {
  await expect(mermaidPicture()).toMatchFileSnapshot('golden/topology.mmd');
});
