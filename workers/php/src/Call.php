<?php

declare(strict_types=1);

namespace Treeway\Worker;

/** One call on its way through the worker. */
final class Call
{
    /** Pieces of a body that has not come whole. */
    public string $body = '';
    public bool $isWhole = true;
    public bool $isCancelled = false;

    /** Bytes of a streamed answer beyond the acks. */
    public int $ahead = 0;

    /**
     * @param array<string, mixed> $event
     * @param array<string, string> $params
     */
    public function __construct(
        public readonly int $id,
        public readonly Handler $handler,
        public array $event,
        public readonly array $params
    ) {
    }

    public function requestId(): ?string
    {
        $id = $this->event['id'] ?? null;
        return is_string($id) ? $id : null;
    }

    /** Adds what the worker adds: params, env, body. */
    public function completeEvent(): void
    {
        $this->event['params'] ??= $this->params;
        $this->event['path_params'] ??= $this->params;
        $this->event['env'] = $this->handler->env;
        if ($this->body === '') {
            return;
        }
        if (is_utf8($this->body)) {
            $this->event['body'] = $this->body;
        } else {
            $this->event['body'] = base64_encode($this->body);
            $this->event['is_base64'] = true;
        }
    }
}
