// What of a director's line asks somebody to do something.
import type { Director } from '../../api';

export const asksSomething = ({ missing, missing_earlier: earlier, waiting, held }: Director): boolean => missing.length + earlier + waiting + held > 0;
