// What decodeAudioData makes of a file: base64 in, base64 of each channel's 32-bit floats out.
const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

const text = (data) => {
  let found = "";
  for (let at = 0; at < data.length; at += 0x8000) {
    found += String.fromCharCode(...data.subarray(at, at + 0x8000));
  }
  return btoa(found);
};

window.decoded = async (data, rate) => {
  const sound = await new OfflineAudioContext(2, 1, rate).decodeAudioData(bytes(data).buffer);
  return Array.from({ length: sound.numberOfChannels }, (_, at) =>
    text(new Uint8Array(sound.getChannelData(at).buffer)),
  );
};
