<?php

declare(strict_types=1);

namespace Treeway\Worker;

/** Writes the frames of a streamed answer, as fast as the client takes them. */
final class Streamer
{
    private bool $hasBegun = false;

    /**
     * @param \Closure(): void $onWait called when the client must take something first, or may have said something
     * @param \Closure(): void $onPrinted called when the handler may have printed something
     */
    public function __construct(
        private readonly Channel $channel,
        private readonly Call $call,
        private readonly Answer $answer,
        private readonly \Closure $onWait,
        private readonly \Closure $onPrinted
    ) {
    }

    /** Runs the pieces to their end, or to a cancel. */
    public function run(): void
    {
        $pieces = $this->answer->takeBody();
        // a generator that did nothing yet must be started, and not be rewound later
        $pieces->rewind();
        while (!$this->call->isCancelled && $pieces->valid()) {
            $this->add($pieces->current());
            ($this->onPrinted)();
            while (!$this->call->isCancelled && ($this->call->ahead >= WINDOW_BYTES || $this->channel->hasInput())) {
                ($this->onWait)();
            }
            if (!$this->call->isCancelled) {
                $pieces->next();
            }
        }
        // closes a generator that was left before its end
        unset($pieces);
        if (!$this->hasBegun) {
            $this->begin(null);
        }
        $this->channel->add('{"k":"end","i":' . $this->call->id . '}');
    }

    private function add(mixed $piece): void
    {
        if (is_int($piece) || is_float($piece) || $piece instanceof \Stringable) {
            $piece = (string) $piece;
        }
        if (!is_string($piece)) {
            throw new AnswerInvalid('a streamed answer is made of text, received ' . get_debug_type($piece));
        }
        if (!$this->hasBegun) {
            $this->begin(is_utf8($piece) ? TEXT : BYTES);
        }
        for ($start = 0; $start < strlen($piece); $start += PIECE_BYTES) {
            $part = substr($piece, $start, PIECE_BYTES);
            $this->call->ahead += strlen($part);
            $this->channel->add('{"k":"data","i":' . $this->call->id . '}', $part);
        }
        $this->channel->flush();
    }

    private function begin(?string $type): void
    {
        $this->hasBegun = true;
        Response::current()->isSent = true;
        // what header() set before the first piece counts
        $headers = $this->answer->headers;
        foreach (Response::current()->headers as $name => $values) {
            $headers[$name] ??= $values;
        }
        if ($type !== null) {
            $headers['content-type'] ??= $type;
        }
        $this->channel->add(Worker::toHeader('head', $this->call->id, $this->answer->status, $headers));
    }
}
