from tunesmith.metrics.process import main

main()
