"""Encoding with PyAV. Frames are encoded in segments, by several processes, and joined.

Each segment begins with a key frame and has an encoder of its own, so a file does not depend on
how many processes there are.
"""

from __future__ import annotations

from fractions import Fraction
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

import av
import numpy as np
from av.audio.stream import AudioStream
from av.codec.context import Flags
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, VideoReformatter
from av.video.stream import VideoStream

from stempress.video.levels import FRAME_RATE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from av.container import OutputContainer
    from numpy.typing import NDArray

    from pyodide_app.engine.tags import Tags
    from stempress.video.formats import VideoFormat
    from stempress.video.scene import Scene

    type Planar = NDArray[np.float32]

AUDIO_BITRATE = 192_000
"""Bits per second."""


class Sound(NamedTuple):
    """The sound of a video: samples of shape (2, frames), and their rate in Hz."""

    samples: Planar
    rate: int


def encode_segment(
    scene: Scene, file_format: VideoFormat, numbers: Sequence[int]
) -> list[tuple[int, bytes]]:
    """Return (number of frames, MP4 file) of consecutive frames without sound."""
    buffer = BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        stream = _add_video(container, scene, file_format)
        # Frames share a converter, whose threads a fork of this process would wait for in vain.
        convert = VideoReformatter().reformat
        for pts, number in enumerate(numbers):
            frame = av.VideoFrame.from_ndarray(scene.draw(number), format="rgba")
            frame = convert(frame, format="yuv420p", dst_colorspace=Colorspace.ITU709, threads=1)
            frame.pts = pts
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return [(len(numbers), buffer.getvalue())]


def _add_video(container: OutputContainer, scene: Scene, file_format: VideoFormat) -> VideoStream:
    options = dict(file_format.options)
    stream = container.add_stream(file_format.video, rate=FRAME_RATE, options=options)
    assert isinstance(stream, VideoStream)  # noqa: S101 - as the encoder is one of video
    stream.width, stream.height = scene.shape.width, scene.shape.height
    stream.pix_fmt = "yuv420p"
    context = stream.codec_context
    context.flags |= Flags.global_header  # what MP4 states once must not be in every segment
    context.thread_count = 1  # other threads would be those of other segments
    context.colorspace, context.color_range = Colorspace.ITU709, ColorRange.MPEG
    context.color_primaries, context.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
    return stream


def join_segments(
    path: str,
    file_format: VideoFormat,
    segments: Iterable[tuple[int, bytes]],
    sound: Sound,
    tags: Tags,
) -> Iterator[int]:
    """Write segments and sound into a file; yield the number of frames of each segment."""
    with av.open(
        path, "w", format=file_format.container, options=dict(file_format.muxer)
    ) as container:
        container.metadata.update(_metadata(tags))
        video: VideoStream | None = None
        audio: AudioStream | None = None
        frames = position = 0
        for count, data in segments:
            with av.open(BytesIO(data), "r") as segment:
                if video is None:
                    video = container.add_stream_from_template(segment.streams.video[0])
                    audio = _add_audio(container, file_format, sound.rate)
                _copy(container, video, segment.demux(video=0), frames)
            frames += count
            assert audio is not None  # noqa: S101 - added with the first segment
            end = frames * sound.rate // FRAME_RATE
            _encode_sound(container, audio, sound, position, end)
            position = end
            yield count
        if audio:
            container.mux(audio.encode())


def _metadata(tags: Tags) -> dict[str, str]:
    """Return tags by the names that FFmpeg has for them."""
    values = {
        "title": tags.title,
        "artist": tags.artist,
        "album": tags.album,
        "album_artist": tags.album_artist,
        "track": tags.track,
        "date": tags.date,
        "genre": tags.genre,
        "copyright": tags.copyright,
        "comment": tags.mix,
    }
    return {name: value for name, value in values.items() if value}


def _copy(
    container: OutputContainer,
    video: VideoStream,
    packets: Iterable[av.Packet[VideoStream]],
    frame: int,
) -> None:
    """Copy the packets of a segment that begins with a frame."""
    for packet in packets:
        if not packet.size:  # the end
            continue
        assert packet.time_base and packet.pts is not None and packet.dts is not None  # noqa: S101, PT018
        offset = int(Fraction(frame, FRAME_RATE) / packet.time_base)
        packet.pts += offset
        packet.dts += offset
        packet.stream = video
        container.mux(packet)


def _add_audio(container: OutputContainer, file_format: VideoFormat, rate: int) -> AudioStream:
    rate = rate if rate in file_format.rates else file_format.rates[0]
    stream = container.add_stream(file_format.audio, rate=rate, layout="stereo")
    assert isinstance(stream, AudioStream)  # noqa: S101 - as the encoder is one of audio
    stream.bit_rate = AUDIO_BITRATE
    return stream


def _encode_sound(
    container: OutputContainer, audio: AudioStream, sound: Sound, start: int, end: int
) -> None:
    """Encode the samples from ``start`` to ``end``; there may be fewer."""
    samples = np.ascontiguousarray(sound.samples[:, start:end].clip(-1, 1), dtype=np.float32)
    if samples.size:
        frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout="stereo")
        frame.sample_rate, frame.pts = sound.rate, start
        frame.time_base = Fraction(1, sound.rate)
        container.mux(audio.encode(frame))
