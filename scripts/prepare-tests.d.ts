export type Program = 'redis' | 'nginx' | 'chromium' | 'openssl' | 'curl' | 'fish' | 'zsh' | 'prometheus';

export function findProgram(name: Program, path?: string): string | undefined;
export function prepare(options?: { path?: string; mayInstall?: boolean }): void;
export default function setup(): void;
