/** A PNG of one red pixel, base64. */
export const RED_PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC';

/** A WAV of one silent sample (mono, 16 bits, 8 kHz), base64. */
export const SILENCE = 'UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQIAAAAAAA==';

export const ICONS = [
  { src: `data:image/png;base64,${RED_PIXEL}`, mimeType: 'image/png', sizes: ['1x1'], theme: 'light' },
  {
    src: 'data:image/svg+xml,%3Csvg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/%3E',
    mimeType: 'image/svg+xml',
    sizes: ['any'],
  },
];
