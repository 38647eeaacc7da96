import { readFileSync, writeFileSync } from 'node:fs';
import { costsPage, deployPage, withCosts } from './costs.ts';

writeFileSync(deployPage, withCosts(readFileSync(deployPage, 'utf8'), costsPage()));
