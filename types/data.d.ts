// The files of data/ and app/ that the build writes and the pages' modules read. stempress/render writes them;
// addresses in them are relative to the site's root.

declare namespace Data {
  type Tier = "stem" | "song" | "album";
  type State = "unrevealed" | "revealed" | "forged" | "burned";
  /** What is heard of stems that the visitor does not hold. */
  type Access = "open" | "preview" | "silent";
  /** A mix number such as "3-0-4": positions of stems in their layers, from 1; 0 where a layer is left out. */
  type MixNumber = string;

  /** data/collection.json */
  interface Collection {
    name: string;
    title: string;
    artist: string;
    label: string;
    people: { slug: string; name: string; url: string; address: string }[];
    contract: Contract | null;
    contracts: Partial<Record<Tier, Contract>>;
    drop: Drop | null;
    mixer: { locked: Access; preview_seconds: number };
    albums: Album[];
    songs: string[];
    tokens: number;
    block: number | null;
  }

  interface Drop {
    phase: "upcoming" | "live" | "closed";
    mint_url: string;
    blind: boolean;
    forge_url: string;
    reveal_url: string;
  }

  interface Contract {
    chain_id: number;
    address: string;
    standard: "erc721" | "erc1155";
    rpc: string[];
    marketplace: string;
    explorer: string;
  }

  interface Album {
    slug: string;
    title: string;
    upc: string;
    released: string | null;
    label: string;
    artist: string;
    address: string;
    cover: string;
    songs: string[];
  }

  /** data/songs/<song>.json */
  interface Song {
    slug: string;
    title: string;
    artist: string;
    album: string;
    album_title: string;
    isrc: string;
    genre: string;
    released: string | null;
    copyright: string;
    /** Metadata of the song's mixes, as files have it: fields of tags.py. */
    tags: Record<string, string | number>;
    credits: { name: string; role: string }[];
    bpm: number | null;
    key: string;
    bars: number | null;
    bar_seconds: number | null;
    sections: { name: string; bar: number }[];
    /** Times in seconds, null in lyrics without any; `language` is a tag or empty. */
    lyrics: { lines: { text: string; time: number | null }[]; language: string } | null;
    address: string;
    cover: string;
    /** Sample rate, in Hz. */
    rate: number;
    frames: number;
    /** In seconds. */
    duration: number;
    /** Of the lossless files, if there are any besides the stems that the mixer plays. */
    lossless: { rate: number; frames: number } | null;
    layers: Layer[];
    /** Of a long song in Opus. */
    opening: Opening | null;
    rules: Rule[];
    /** How many variations the rules permit. */
    variations: number;
    /** The mixes that have a page. */
    pages: MixNumber[];
  }

  interface Layer {
    slug: string;
    name: string;
    stems: Stem[];
    /** Where the layer may be left out: the weight of that among its stems. */
    empty?: number;
  }

  interface Stem {
    slug: string;
    name: string;
    notes: string;
    address: string;
    audio: File;
    lossless: File | null;
    /** The waveform, as an SVG path. */
    path: string;
    channels: number;
    /** In LUFS. */
    loudness: number | null;
  }

  interface File {
    url: string;
    type: string;
    bytes: number;
    /** Of a long FLAC, Ogg Opus or Vorbis file: the offset to read from for every second second. */
    starts?: number[];
  }

  /** A file with the beginnings of a mix's stems, interleaved: part 1 of every stem, then part 2 of every stem... */
  interface Opening {
    url: string;
    bytes: number;
    /** Where the parts end, in seconds. */
    times: number[];
    /** The stems' own files; where the parts end there. */
    stems: { url: string; ends: number[] }[];
  }

  /** Stems by layer. */
  interface Rule {
    if: Record<string, string[]>;
    exclude: Record<string, string[]>;
    require: Record<string, string[]>;
  }

  /** data/previews/<song>.json: addresses of sound files, by mix. */
  type Previews = Record<MixNumber, string>;

  /** data/digests/<song>.json */
  interface Digests extends MixDigests {
    bits: number;
    /** Of mixes of the files that the mixer plays, if they are lossy; the others are of the artist's files. */
    streams: MixDigests | null;
  }

  interface MixDigests {
    rate: number | null;
    mixes: Record<MixNumber, string>;
  }

  /** data/forge.json */
  interface Forge {
    songs: ForgeSong[];
    albums: Album[];
  }

  interface ForgeSong {
    slug: string;
    title: string;
    address: string;
    cover: string;
    layers: { slug: string; name: string; stems: { slug: string; name: string; share: number }[]; empty?: number }[];
    rules: Rule[];
    /** The mixes that have a page; null where all permitted ones have. */
    pages: MixNumber[] | null;
  }

  /** data/rarity.json */
  interface Rarity {
    /** Mix number, score in bits, rank from 1, how many tokens. By song. */
    variations: Record<string, [mix: MixNumber, score: number, rank: number, tokens: number][]>;
  }

  /** data/radio.json */
  interface Radio {
    /** Below 2 ** 32: what is drawn for the schedule is drawn from it. */
    seed: number;
    songs: RadioSong[];
  }

  interface RadioSong {
    slug: string;
    title: string;
    artist: string;
    address: string;
    cover: string;
    rate: number;
    frames: number;
    bars: number | null;
    bpm: number | null;
    layers: RadioLayer[];
    rules: Rule[];
    /** A variation that the rules permit: stems' positions from 0, -1 for a layer that is left out. */
    first: number[];
    /** The mixes that have a page; null where all permitted ones have. */
    pages: MixNumber[] | null;
    /** Addresses of the song tokens by mix. */
    tokens: Record<MixNumber, string[]>;
  }

  /** Weights are whole numbers, in millionths of the layer. */
  interface RadioLayer {
    slug: string;
    name: string;
    stems: { slug: string; name: string; address: string; weight: number }[];
    empty?: number;
  }

  /** data/ledger.json */
  interface LedgerHead {
    block: number | null;
    time: string;
    parts: number;
  }

  /** data/tokens.json, and all of data/tokens/<n>.json together. */
  interface Ledger {
    block: number | null;
    time: string;
    tokens: Token[];
  }

  /** What is empty or zero is left out. */
  interface Token {
    id: string;
    tier: Tier;
    state: State;
    title: string;
    address: string;
    image: string;
    song?: string;
    layer?: string;
    stem?: string;
    album?: string;
    /** Stems by layer. */
    stems?: Record<string, string>;
    burned?: string[];
    into?: string;
    /** Copies by the holder's address. */
    owners?: Record<string, number>;
    mix?: MixNumber;
    supply?: number;
  }

  /** data/gallery.json */
  interface Gallery {
    /** "12" or "3-40". */
    ids: string[];
    /** The first letter of each token's state. */
    states: string;
    kinds: Column;
    albums: { slug: string; title: string; cover: string }[];
    songs: GallerySong[];
    /** The tokens that were burned for an album token, all by position. */
    burned: Record<string, number[]>;
    owners: GalleryOwners | null;
  }

  interface GallerySong {
    slug: string;
    title: string;
    album: string;
    layers: { slug: string; name: string; stems: [slug: string, name: string, share: number][]; empty?: number }[];
    /** Separated by spaces. */
    mixes: string;
  }

  interface GalleryOwners {
    /** How many bytes of each address are kept from its beginning, and from its end. */
    head: number;
    tail: number;
    /** Base64. */
    ends: string;
    /** A token's first holder, from 1; 0 for none. */
    of: Column;
    /** A token's other holders, from 0, by its position. */
    more: Record<string, number[]>;
  }

  /** Whole numbers, each of `width` digits to the base 64. */
  interface Column {
    width: number;
    digits: string;
  }

  /** data/provenance.json */
  interface Provenance {
    algorithm: string;
    seals: Seal[];
  }

  /** A commitment to tokens; `opened` has the salt and item of each place that has been revealed. */
  interface Seal {
    tokens: string[];
    final: string;
    starting_index: number | null;
    opened: Record<string, [salt: string, item: string]>;
    hashes: string[];
    hidden?: SealedTrack[];
  }

  /** A hidden track, which waits for so many tokens of the seal; those of a song, unless that is "". */
  interface SealedTrack {
    slug: string;
    song: string;
    tokens: number;
    sha256: string;
  }
}

/** What pyodide_app/planner.py answers. */
declare namespace Plans {
  interface Holdings {
    songs: SongPlan[];
    albums: AlbumPlan[];
  }

  interface SongPlan {
    slug: string;
    /** How many layers are held, of how many. */
    held: number;
    of: number;
    /** Layers of which no stem is held. */
    missing: string[];
    /** Copies that are held, by "layer/stem". */
    stems: Record<string, number>;
    combinations: number;
    at_once: number;
    /** No batch is larger. */
    exact: boolean;
    batch: [mix: Data.MixNumber, times: number][];
    /** Song tokens that are held. */
    tokens: number;
  }

  interface AlbumPlan {
    slug: string;
    /** Song tokens that are held, by song. */
    songs: Record<string, number>;
    at_once: number;
    with_forging: number;
  }

  interface Combination {
    mix: Data.MixNumber;
    stems: string[];
    bits: number;
    /** Ids of tokens. */
    minted: string[];
  }

  interface Loss {
    /** Ids of the tokens that burn, by layer. */
    burned: Record<string, string>;
    /** Stems of which the last copy goes. */
    last: [layer: string, stem: string][];
    combinations_before: number;
    combinations_after: number;
    at_once_before: number;
    at_once_after: number;
    rarer: Combination | null;
  }

  /** By "song/layer/stem", or the song for a song token. */
  type Prices = Record<string, number>;

  interface Completions {
    songs: Record<string, Completion | null>;
    albums: AlbumCompletion[];
  }

  interface Completion extends Combination {
    cost: number;
    /** "song/layer/stem" */
    buy: string[];
  }

  interface AlbumCompletion {
    slug: string;
    cost: number | null;
    steps: { song: string; way: "held" | "forge" | "buy" | "none"; cost: number | null }[];
  }
}
