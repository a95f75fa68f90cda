import { playAttacks } from './play-attacks.js';

playAttacks('modern');
