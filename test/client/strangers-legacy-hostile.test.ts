import { playAttacks } from './play-attacks.js';

playAttacks('legacy');
