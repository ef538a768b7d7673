<?php

declare(strict_types=1);

namespace Treeway\Worker;

/**
 * Why a file does not parse, found without running it.
 *
 * @return array{file: string, message: string, line: int}|null
 */
function find_syntax_fault(string $file): ?array
{
    $source = @file_get_contents($file);
    if ($source === false) {
        return ['file' => $file, 'message' => 'can not be read', 'line' => 1];
    }
    try {
        // an extension of its own in some builds; without it faults show at the first request
        if (function_exists('token_get_all')) {
            token_get_all($source, TOKEN_PARSE);
        }
        return null;
    } catch (\ParseError $error) {
        return ['file' => $file, 'message' => $error->getMessage(), 'line' => $error->getLine()];
    }
}
