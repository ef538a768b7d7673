<?php

/**
 * Looks for syntax errors without running the files: `php check.php <file>...` prints a JSON list of
 * {file, message, line}. One process for all files: a PHP for each takes longer to start than to read them.
 */

declare(strict_types=1);

$faults = [];
foreach (array_slice($argv, 1) as $file) {
    $source = @file_get_contents($file);
    if ($source === false) {
        $faults[] = ['file' => $file, 'message' => 'can not be read', 'line' => 1];
        continue;
    }
    try {
        // an extension of its own in some builds; without it faults show at the first request
        if (function_exists('token_get_all')) {
            token_get_all($source, TOKEN_PARSE);
        }
    } catch (ParseError $error) {
        $faults[] = ['file' => $file, 'message' => $error->getMessage(), 'line' => $error->getLine()];
    }
}
echo json_encode($faults, JSON_INVALID_UTF8_SUBSTITUTE | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE);
