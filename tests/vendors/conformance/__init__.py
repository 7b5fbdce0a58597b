"""What every vendor's every kind must do, whoever wrote it: one suite over all that are installed."""
