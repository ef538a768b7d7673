<?php

declare(strict_types=1);

namespace Treeway\Worker;

/** The file has no function of the wanted name. */
final class HandlerMissing extends \Exception
{
}

/** A handler file as one `load` frame describes it, and the function in it. */
final class Handler
{
    /** Calls quicker than this may hold back the answers before them. */
    private const QUICK_SECONDS = 0.002;

    public readonly string $file;

    /** @var array<string, string> */
    public readonly array $env;
    public bool $isQuick = false;
    private readonly ?string $wanted;
    private ?\Closure $function = null;
    private bool $wantsParams = false;

    /** @param array<string, mixed> $load */
    public function __construct(array $load)
    {
        $this->file = $load['file'];
        $this->wanted = $load['handler'] ?? null;
        $this->env = $load['env'] ?? [];
    }

    /** `$value` is what the file returned. Throws HandlerMissing. */
    public function find(mixed $value): void
    {
        if ($this->function !== null) {
            return;
        }
        $this->function = $this->findFunction($value);
        $parameters = (new \ReflectionFunction($this->function));
        $this->wantsParams = $parameters->getNumberOfParameters() > 1 || $parameters->isVariadic();
    }

    public function invoke(Call $call): mixed
    {
        return $this->wantsParams ? ($this->function)($call->event, $call->params) : ($this->function)($call->event);
    }

    public function noteTime(float $seconds): void
    {
        $this->isQuick = $seconds < self::QUICK_SECONDS;
    }

    private function findFunction(mixed $value): \Closure
    {
        $names = $this->wanted === null ? ['handler', 'main'] : [$this->wanted];
        foreach ($names as $name) {
            $found = $this->findNamed($name);
            if ($found !== null) {
                return $found;
            }
        }
        if ($this->wanted === null && is_callable($value)) {
            return \Closure::fromCallable($value);
        }
        throw new HandlerMissing('the file has no function ' . implode(' or ', $names));
    }

    /** A function, also of the file's namespace; a static method as `Class::method`; a variable that holds a function. */
    private function findNamed(string $name): ?\Closure
    {
        if (is_callable($name) && !$this->isBuiltIn($name)) {
            return \Closure::fromCallable($name);
        }
        foreach (get_defined_functions()['user'] as $defined) {
            if (str_ends_with($defined, '\\' . strtolower($name)) && $this->isInFile($defined)) {
                return \Closure::fromCallable($defined);
            }
        }
        $variable = $GLOBALS[$name] ?? null;
        return is_object($variable) && is_callable($variable) ? \Closure::fromCallable($variable) : null;
    }

    private function isBuiltIn(string $name): bool
    {
        return function_exists($name) && (new \ReflectionFunction($name))->isInternal();
    }

    private function isInFile(string $function): bool
    {
        return (new \ReflectionFunction($function))->getFileName() === (realpath($this->file) ?: $this->file);
    }
}
