<?php

/** Frames: two big-endian u32 lengths, a JSON header, raw body bytes (docs/worker-protocol.md). */

declare(strict_types=1);

namespace Treeway\Worker;

const VERSION = 1;
const MAX_HEADER_BYTES = 1024 * 1024;
const MAX_BODY_BYTES = 1024 * 1024 * 1024;
const WINDOW_BYTES = 256 * 1024;
const PIECE_BYTES = 64 * 1024;

/** The bytes are no frames: nobody can be talked to on this channel any more. */
final class ProtocolError extends \Exception
{
}

/** One frame; `$header` is JSON text. */
function encode_frame(string $header, string $body = ''): string
{
    return pack('NN', strlen($header), strlen($body)) . $header . $body;
}

/** Cuts a byte stream into frames. */
final class FrameReader
{
    private string $data = '';
    private int $start = 0;

    /** Bytes that must have come before the next frame is whole. */
    private int $needed = 8;

    public function push(string $chunk): void
    {
        if ($this->start > 0) {
            $this->data = substr($this->data, $this->start);
            $this->start = 0;
        }
        $this->data .= $chunk;
    }

    /** Bytes of a frame have come. */
    public function hasMore(): bool
    {
        return strlen($this->data) > $this->start;
    }

    /**
     * The next frame as [header, body], or null where it has not come whole.
     *
     * @return array{array<string, mixed>, string}|null
     */
    public function next(): ?array
    {
        $size = strlen($this->data) - $this->start;
        if ($size < $this->needed) {
            return null;
        }
        ['h' => $headerLength, 'b' => $bodyLength] = unpack('Nh/Nb', $this->data, $this->start);
        $total = self::checkLengths($headerLength, $bodyLength);
        if ($size < $total) {
            $this->needed = $total;
            return null;
        }
        $header = substr($this->data, $this->start + 8, $headerLength);
        $body = $bodyLength === 0 ? '' : substr($this->data, $this->start + 8 + $headerLength, $bodyLength);
        $this->start += $total;
        $this->needed = 8;
        if ($this->start === strlen($this->data)) {
            $this->data = '';
            $this->start = 0;
        }
        return [self::parseHeader($header), $body];
    }

    private static function checkLengths(int $headerLength, int $bodyLength): int
    {
        if ($headerLength === 0 || $headerLength > MAX_HEADER_BYTES) {
            throw new ProtocolError("a frame header of $headerLength bytes");
        }
        if ($bodyLength > MAX_BODY_BYTES) {
            throw new ProtocolError("a frame body of $bodyLength bytes");
        }
        return 8 + $headerLength + $bodyLength;
    }

    /** @return array<string, mixed> */
    private static function parseHeader(string $text): array
    {
        $header = json_decode($text, true);
        // an object and a list both become arrays
        if (!is_array($header) || ltrim($text)[0] !== '{') {
            throw new ProtocolError('a frame header that is not a JSON object: ' . substr($text, 0, 200));
        }
        return $header;
    }
}
