module treeway_worker

go 1.19
