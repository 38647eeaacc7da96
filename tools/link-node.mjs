import { linkPinnedNode } from './node-runtime.mjs';

linkPinnedNode();
