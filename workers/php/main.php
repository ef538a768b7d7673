<?php

/**
 * The PHP worker of Treeway: docs/worker-protocol.md. Started as `php -d disable_functions=... main.php [autoload.php]`
 * with the channel at descriptor 3.
 *
 * One process serves one handler file: PHP has one table of functions, every handler file declares `handler`, and what is
 * declared can not be taken back. So reload is a fresh process too.
 */

declare(strict_types=1);

foreach (['Frames', 'Channel', 'Answer', 'Failure', 'Output', 'Response', 'Call', 'Handler', 'Streamer', 'Worker'] as $name) {
    require __DIR__ . "/src/$name.php";
}
require __DIR__ . '/src/syntax.php';
require __DIR__ . '/src/functions.php';
unset($name);

Treeway\Worker\Worker::start(3, $argv[1] ?? '');
unset($GLOBALS['argv'], $GLOBALS['argc']);

// files are loaded here, in the global scope, so that their variables are the globals their functions mean
while (Treeway\Worker\Worker::current()->run()) {
    try {
        Treeway\Worker\Worker::current()->onLoaded(require Treeway\Worker\Worker::current()->wantedFile());
    } catch (Throwable $__error) {
        Treeway\Worker\Worker::current()->onLoadFailed($__error);
        unset($__error);
    }
}
