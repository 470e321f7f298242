// AudioWorkletGlobalScope, which TypeScript's libraries leave out: https://www.w3.org/TR/webaudio-1.1/
interface MessagePort {
  onmessage: ((event: { readonly data: any }) => void) | null;
  postMessage(message: unknown, transfer?: ArrayBuffer[]): void;
}

declare abstract class AudioWorkletProcessor {
  readonly port: MessagePort;
  abstract process(inputs: Float32Array[][], outputs: Float32Array[][]): boolean;
}

declare const currentFrame: number;
declare const currentTime: number;
declare const sampleRate: number;
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;
