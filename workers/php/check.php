<?php

/**
 * Looks for syntax errors without running the files: `php check.php <file>...` prints a JSON list of
 * {file, message, line}. One process for all files: a PHP for each takes longer to start than to read them.
 */

declare(strict_types=1);

require __DIR__ . '/src/syntax.php';

$faults = array_values(array_filter(array_map('Treeway\Worker\find_syntax_fault', array_slice($argv, 1))));
echo json_encode($faults, JSON_INVALID_UTF8_SUBSTITUTE | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE);
